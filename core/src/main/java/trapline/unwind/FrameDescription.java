package trapline.unwind;

import trapline.bytes.Bytes;

/// A frame description entry with what its common information entry adds (DWARF 5, section 6.4.1):
/// the unwind information of one run of code, most often one function.
///
/// @param start the link address of its first instruction
/// @param end the link address after its last instruction
/// @param returnAddressRegister the DWARF number of the column that holds the return address
/// @param signal whether this is the frame that a signal handler returns to (augmentation `S`)
/// @param codeAlignment the factor of `DW_CFA_advance_loc`
/// @param dataAlignment the factor of offsets
/// @param commonInstructions the entry's shared initial instructions
/// @param instructions its own instructions
public record FrameDescription(
    long start,
    long end,
    int returnAddressRegister,
    boolean signal,
    long codeAlignment,
    long dataAlignment,
    Bytes commonInstructions,
    Bytes instructions) {}
