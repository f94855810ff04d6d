#define TWICE(x) ((x) + (x))
#define LEVEL 2
