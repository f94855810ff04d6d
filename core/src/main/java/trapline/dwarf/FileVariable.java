package trapline.dwarf;

import trapline.model.LinkAddress;

/// A variable outside of functions that has a fixed place.
///
/// @param variable what is known of it; its name has its namespaces and classes
/// @param start its lowest address, as the file states it
public record FileVariable(Variable variable, LinkAddress start) {}
