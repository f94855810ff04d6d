package trapline.dwarf;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import trapline.model.MalformedBinary;
import trapline.model.Unsupported;

/// Finds the unit that has the entries of a skeleton unit (DWARF 5, section 3.1.2).
final class SplitUnits {
  private final DebugFile main;
  private final Map<Integer, Unit> found = new HashMap<>();
  private @Nullable PackageFile packageFile;
  private boolean packageSought;

  SplitUnits(DebugFile main) {
    this.main = main;
  }

  /// The unit with the entries: the split one of a skeleton, or else the unit itself. A skeleton
  /// whose split unit is not at hand stands for itself.
  Unit full(Unit unit) {
    String name = unit.root().splitName();
    if (name.isEmpty()) {
      return unit;
    }
    Unit known = found.get(unit.offset);
    if (known == null) {
      known = seek(unit, name);
      found.put(unit.offset, known);
    }
    return known;
  }

  private Unit seek(Unit skeleton, String name) {
    long identifier = skeleton.root().identifier();
    String where = skeleton.section.file();
    try {
      PackageFile packaged = packageFile();
      Unit unit = packaged == null ? null : packaged.unit(identifier);
      if (unit != null) {
        unit.attachTo(skeleton);
        return unit;
      }
      Optional<DwarfSections> sections =
          main.others().splitUnit(name, skeleton.root().compilationDirectory(), identifier);
      if (sections.isEmpty()) {
        main.diagnostics()
            .add(
                where,
                "functions and variables of "
                    + skeleton.root().name()
                    + " are in a file that was not found: "
                    + name,
                "keep the .dwo files where the compiler wrote them, or a .dwp file beside the"
                    + " program");
        return skeleton;
      }
      DebugFile file = DebugFile.split(sections.get(), main.diagnostics(), signature -> null);
      for (int offset : file.unitOffsets()) {
        Unit candidate = file.unitAt(offset);
        if (!candidate.isTypeUnit() && candidate.root().identifier() == identifier) {
          candidate.attachTo(skeleton);
          return candidate;
        }
      }
      main.diagnostics()
          .add(
              where,
              name + " was written by another compilation than the program",
              "compile and link again");
    } catch (MalformedBinary broken) {
      main.diagnostics().add(name, broken);
    } catch (Unsupported e) {
      main.diagnostics().add(name, e.feature() + " needs " + e.needs(), e.remedy());
    }
    return skeleton;
  }

  private @Nullable PackageFile packageFile() {
    if (!packageSought) {
      packageSought = true;
      Optional<DwarfSections> sections = main.others().packageFile();
      if (sections.isPresent()) {
        packageFile = new PackageFile(sections.get(), main.diagnostics());
      }
    }
    return packageFile;
  }
}
