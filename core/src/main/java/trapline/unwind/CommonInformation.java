package trapline.unwind;

import trapline.bytes.Bytes;

/// A common information entry: what several frame description entries share (DWARF 5, section
/// 6.4.1; Linux Standard Base Core 5.0, section 10.6.1.1).
///
/// @param pointerEncoding how addresses are written in the entries
/// @param sized whether the entries have a length of augmentation data (`z`)
/// @param signal whether the entries are of frames that a signal handler returns to (`S`)
/// @param segmentSize bytes of the segment selector before each address
/// @param instructions what each entry's program starts with
record CommonInformation(
    long codeAlignment,
    long dataAlignment,
    int returnAddressRegister,
    int pointerEncoding,
    boolean sized,
    boolean signal,
    int segmentSize,
    Bytes instructions) {}
