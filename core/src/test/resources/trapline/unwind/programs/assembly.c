#include <unistd.h>

long direct(long n);
__asm__(
    ".text\n"
    ".type direct,@function\n"
    "direct:\n"
    "  push %rbx\n"
    "  push %r12\n"
    "  sub $40,%rsp\n"
    "  mov %rdi,%rbx\n"
    "  test %rdi,%rdi\n"
    "  je 1f\n"
    "  dec %rdi\n"
    "  call direct\n"
    "  jmp 2f\n"
    "1: call leaf\n"
    "2: add %rbx,%rax\n"
    "  add $40,%rsp\n"
    "  pop %r12\n"
    "  pop %rbx\n"
    "  ret\n"
    ".size direct,.-direct\n"
    ".type leaf,@function\n"
    "leaf:\n"
    "  mov $1,%eax\n"
    "  mov $1,%edi\n"
    "  lea text(%rip),%rsi\n"
    "  mov $5,%edx\n"
    "  syscall\n"
    "  ret\n"
    ".size leaf,.-leaf\n"
    ".section .rodata\n"
    "text: .string \"leaf\\n\"\n"
    ".text\n");

int main(int argc, char **argv) {
  return (int)direct(argc + 2) + argv[0][0] == 0;
}
