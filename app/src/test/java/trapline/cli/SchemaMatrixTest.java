package trapline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import trapline.report.JsonReport;

/// Every line that real runs write is as docs/FORMATS.md says.
@Tag("host")
class SchemaMatrixTest {
  private static Schema schema;

  @BeforeAll
  static void readSchema() throws IOException {
    String page = Files.readString(Path.of("../docs/FORMATS.md"));
    String fence = "```json\n";
    int start = page.indexOf(fence, page.indexOf("### JSON Schema")) + fence.length();
    schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(page.substring(start, page.indexOf("\n```", start)));
  }

  @ParameterizedTest
  @EnumSource(Variant.class)
  void everyLineIsValid(Variant variant) {
    for (String line : Matrix.followed(variant).lines()) {
      assertThat(schema.validate(line, InputFormat.JSON)).as(line).isEmpty();
      assertThat(
              schema.validate(
                  line.replace("\"trapline\":" + JsonReport.FORMAT, "\"trapline\":9"),
                  InputFormat.JSON))
          .isNotEmpty();
    }
  }
}
