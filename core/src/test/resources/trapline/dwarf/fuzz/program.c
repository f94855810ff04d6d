struct pair { int a; const char *b; };
union either { int number; char text[4]; };
enum kind { ONE = 1, TWO };
typedef int (*callback)(struct pair *, ...);
static inline __attribute__((always_inline)) int twice(int x) { int y = x + x; return y; }
int table[3][2];
int run(struct pair *p, enum kind k, callback c, union either e) {
  int s = 0;
  for (int i = 0; i < p->a; i++) { int t = twice(i) + twice(s); s += t * k; }
  return c(p, s) + e.number + table[1][0];
}
__attribute__((noinline)) static int local(struct pair *p, ...) { return twice(p->a); }
void _start(void) { struct pair p = {1, "x"}; union either e = {2}; volatile int r = run(&p, ONE, local, e); (void)r; __builtin_trap(); }
