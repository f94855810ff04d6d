# Steps through a program and prints, at stops in its own functions, the state of the thread and
# what each scalar variable in scope is worth.
import gdb

STEPS = 600
REGISTERS = ["rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp"] + ["r%d" % n for n in range(8, 16)]
SCALARS = (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_PTR, gdb.TYPE_CODE_ENUM, gdb.TYPE_CODE_BOOL,
           gdb.TYPE_CODE_CHAR)


def variables(frame):
    block = frame.block()
    depth = 0
    while block is not None and not block.is_global and not block.is_static:
        for symbol in block:
            if not (symbol.is_variable or symbol.is_argument):
                continue
            kind = symbol.type.strip_typedefs()
            if kind.code not in SCALARS or kind.sizeof > 8:
                continue
            try:
                value = symbol.value(frame)
                text = "OUT" if value.is_optimized_out else str(
                    int(value) & ((1 << (8 * kind.sizeof)) - 1))
            except gdb.error as error:
                text = "ERROR"
            print("VAR|%d|%s|%d|%s" % (depth, symbol.name, symbol.line, text))
        if block.function is not None:
            depth += 1
            if frame.type() != gdb.INLINE_FRAME:
                return
            frame = frame.older()
        block = block.superblock


gdb.execute("set pagination off")
gdb.execute("set startup-with-shell off")
gdb.execute("break main")
gdb.execute("run")
for step in range(STEPS):
    frame = gdb.newest_frame()
    if gdb.solib_name(frame.pc()) is not None or frame.function() is None:
        gdb.execute("finish")
        continue
    words = gdb.execute("info frame", to_string=True).split("frame at 0x")
    print("STOP|%d|%d" % (frame.pc(), int(words[1].split(":")[0], 16)))
    for number, name in enumerate(REGISTERS):
        print("REG|%d|%d" % (number, int(frame.read_register(name)) & (1 << 64) - 1))
    stack = int(frame.read_register("rsp")) - 128
    memory = gdb.selected_inferior().read_memory(stack & ~7, 1024)
    print("MEM|%d|%s" % (stack & ~7, memory.tobytes().hex()))
    for line in gdb.execute("info files", to_string=True).splitlines():
        if line.endswith((" is .data", " is .bss")):
            start, end = (int(word, 16) for word in line.split()[0:3:2])
            memory = gdb.selected_inferior().read_memory(start, end - start)
            print("MEM|%d|%s" % (start, memory.tobytes().hex()))
    variables(frame)
    code = frame.architecture().disassemble(frame.pc())[0]["asm"]
    if frame.name() == "main" and code.startswith("ret"):
        break
    gdb.execute("nexti" if code.startswith("call") and "@plt" in code else "stepi")
gdb.execute("kill")
