/// What Linux defines per architecture: numbers, signatures, constant families, structures, errnos
/// and signals, loaded from resource tables on first use.
package trapline.abi;
