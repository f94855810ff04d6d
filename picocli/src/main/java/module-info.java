/// picocli, compiled from its own sources for this Java.
@SuppressWarnings("module")
module info.picocli {
  requires static java.sql;

  exports picocli;
}
