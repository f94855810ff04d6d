/// Everything Trapline knows that needs no operating system: pure views of bytes, tables and joins.
@org.jspecify.annotations.NullMarked
module trapline.core {
  requires static transitive org.jspecify;
  requires tools.jackson.core;
  requires org.tukaani.xz;
  requires aircompressor.v3;
  requires jdk.unsupported; // what aircompressor takes from it

  exports trapline.abi;
  exports trapline.archive;
  exports trapline.bytes;
  exports trapline.capture;
  exports trapline.code;
  exports trapline.decode;
  exports trapline.demangle;
  exports trapline.dwarf.expression;
  exports trapline.dwarf;
  exports trapline.elf;
  exports trapline.journey;
  exports trapline.kernel;
  exports trapline.kernel.run;
  exports trapline.kernel.source;
  exports trapline.model;
  exports trapline.report;
  exports trapline.unwind;
}
