package trapline.dwarf;

import java.util.List;

/// The machine code of one source line near an address.
///
/// @param line the row that covers the address
/// @param around the run of rows of the same file and line that has the address in it
/// @param all every such run inside the same function, by address; `around` is one of them. A call
///     with arguments on several lines, or optimised code, has more than one.
public record Statement(LineEntry line, AddressRange around, List<AddressRange> all) {}
