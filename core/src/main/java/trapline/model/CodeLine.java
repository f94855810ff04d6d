package trapline.model;

/// One machine instruction as it is shown.
///
/// @param address where it runs
/// @param linkAddress where its object file's disassembly shows it
/// @param symbol the function it belongs to, with offset: `main+34`; empty when unknown
/// @param text AT&T syntax, as objdump prints it
/// @param note what it does for this call, such as `family = AF_INET`; may be empty
/// @param here whether this is the instruction that the hop is about
public record CodeLine(
    RemoteAddress address,
    LinkAddress linkAddress,
    String symbol,
    String text,
    String note,
    boolean here) {}
