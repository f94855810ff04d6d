/* A function that goes over to another stack, as runtimes of languages have it, and calls from there. Above its frame the stack
 * still holds a return address of earlier. */
#include <unistd.h>

__asm__(".text\n"
        "earlier:\n"
        "  sub $8, %rsp\n"
        "  call getppid\n"
        ".globl after_earlier\n"
        "after_earlier:\n"
        "  add $8, %rsp\n"
        "  ret\n"
        "  .fill 8, 1, 0xcc\n"
        ".globl enter\n"
        "enter:\n"
        "  mov (%rsi), %rsp\n"
        "  call *%rdi\n"
        ".globl after_call\n"
        "after_call:\n"
        "  pop %rax\n"
        "  jmp never\n"
        "  .fill 8, 1, 0xcc\n"
        "never:\n"
        "  call abort\n"
        "  ret\n");

void enter(void (*function)(void), long **top);
extern char after_earlier[];

static long stack[1024] __attribute__((aligned(16)));

static void stop(void)
{
    write(1, "", 0);
    _exit(0);
}

int main(void)
{
    long *top = stack + 512;
    top[1] = (long)after_earlier;
    enter(stop, &top);
}
