package trapline.dwarf;

import trapline.model.Place;

/// The row of a line table that covers an address (DWARF 5, section 6.2).
///
/// @param range the addresses from this row to the next one
/// @param file the path: absolute when the compiler stated its directory
/// @param line from 1; 0 when the code belongs to no source line
/// @param column from 1; 0 when not stated
/// @param discriminator tells blocks that share a line apart; 0 when there is one
/// @param statement whether the compiler recommends the row's start as a place for a breakpoint
public record LineEntry(
    AddressRange range, String file, int line, int column, int discriminator, boolean statement) {
  public Place place() {
    return new Place(file, line);
  }
}
