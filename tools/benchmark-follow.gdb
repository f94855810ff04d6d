# What `trapline follow --call socket` shows of the user's side, asked of gdb. The kernel's side it
# does not know.
set pagination off
set confirm off
set debuginfod enabled off
catch syscall socket
run
# The stack, the registers at the trap, the wrapper around it.
bt
info registers
disassemble
# The GOT slot and what it points to.
x/a &'socket@got.plt'
info symbol *(long *) &'socket@got.plt'
# The caller: its line and the instructions around the call.
up
list
disassemble
# Back: the result, the caller's instructions, the variable.
continue
print $rax
finish
next
print sfd
kill
