/// Symbol names as their programmers wrote them: C++ names by the Itanium C++ ABI (section 5.1) and
/// Rust names by RFC 2603 (v0) and by the older scheme that borrows C++'s.
///
/// The text is what the GNU `c++filt` prints. A name goes through a parser, which makes a tree of
/// [trapline.demangle.Node]s, and a printer; Rust's v0 names are printed as they are read, because
/// their back references are positions in the name. Everything that a hostile name could blow up is
/// bounded: depth, work and length; a name beyond the bounds, or one that is malformed, stays as it
/// is.
package trapline.demangle;
