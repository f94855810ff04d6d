package trapline.model;

/// How a fact is known, strongest first.
public sealed interface Evidence {
  /// The name in JSON output.
  String label();

  /// The letter that marks it in text output.
  char mark();

  /// Read from the running thread or kernel in this run.
  record Observed() implements Evidence {
    @Override
    public String label() {
      return "observed";
    }

    @Override
    public char mark() {
      return 'o';
    }
  }

  /// Read from another kernel than the one that runs this machine, while it served the same call of
  /// the same program.
  ///
  /// @param kernel which one, such as `guest kernel 6.12.117 (emulated)`
  record ObservedIn(String kernel) implements Evidence {
    @Override
    public String label() {
      return "observed";
    }

    @Override
    public char mark() {
      return 'o';
    }
  }

  /// DWARF or BTF.
  ///
  /// @param file where the debug information was read
  record DebugInfo(String file) implements Evidence {
    @Override
    public String label() {
      return "debug-info";
    }

    @Override
    public char mark() {
      return 'd';
    }
  }

  /// A symbol table, relocations or instruction bytes.
  ///
  /// @param file where they were read
  record Symbols(String file) implements Evidence {
    @Override
    public String label() {
      return "symbols";
    }

    @Override
    public char mark() {
      return 's';
    }
  }

  /// The index of a kernel's source.
  ///
  /// @param version the exact version of that source
  record SourceIndex(String version) implements Evidence {
    @Override
    public String label() {
      return "source-index";
    }

    @Override
    public char mark() {
      return 'i';
    }
  }

  /// Concluded by a named rule.
  ///
  /// @param rule the rule, in a few words
  record Inferred(String rule) implements Evidence {
    @Override
    public String label() {
      return "inferred";
    }

    @Override
    public char mark() {
      return '~';
    }
  }

  Evidence OBSERVED = new Observed();
}
