package trapline.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import trapline.model.Abi;

/// A call's number in one ABI.
///
/// @param number the row's number in the table; empty when the ABI has no call of that name
public record AbiNumber(Abi abi, Optional<Integer> number) {
  /// The number of that name in each ABI of an index, in the order of listings.
  public static List<AbiNumber> all(KernelIndex index, String name) {
    List<AbiNumber> all = new ArrayList<>();
    for (Abi abi : index.abis()) {
      all.add(new AbiNumber(abi, index.row(abi, name).map(SyscallRow::number)));
    }
    return all;
  }
}
