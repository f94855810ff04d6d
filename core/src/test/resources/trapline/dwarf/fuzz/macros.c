#define LEVEL 1
#include "macros.h"
#undef LEVEL
int first(int a) { return TWICE (a); }
#define LEVEL 3
int second(int a) { return a * LEVEL; }
