package trapline.kernel;

import trapline.model.Place;

/// What could not be indexed, and why.
///
/// @param place the file and, where it is known, the line; else 0
public record Gap(Place place, String reason) {}
