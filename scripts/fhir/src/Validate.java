import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r4.model.CodeSystem;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.StructureDefinition;

/**
 * Validates FHIR R4 JSON offline: Validate DEFINITIONS FOLDER. Extensions and codes have to be HL7's or those of the
 * folder of definitions, which are validated too. Prints what is wrong; the last line counts; exit 1 where any is invalid.
 */
public class Validate {
  public static void main(String[] arguments) throws IOException {
    FhirContext r4 = FhirContext.forR4();
    PrePopulatedValidationSupport ours = new PrePopulatedValidationSupport(r4);
    IParser parser = r4.newJsonParser();
    List<Path> definitions = files(arguments[0]);
    for (Path file : definitions) {
      Resource resource = (Resource) parser.parseResource(Files.readString(file));
      if (resource instanceof CodeSystem) {
        ours.addCodeSystem(resource);
      } else if (resource instanceof StructureDefinition) {
        ours.addStructureDefinition(resource);
      } else {
        throw new IOException(file + " defines no codes and no extension");
      }
    }
    FhirInstanceValidator instance = new FhirInstanceValidator(new ValidationSupportChain(
        new DefaultProfileValidationSupport(r4),
        ours,
        new CommonCodeSystemsTerminologyService(r4),
        new InMemoryTerminologyServerValidationSupport(r4),
        new SnapshotGeneratingValidationSupport(r4)));
    instance.setAnyExtensionsAllowed(false);
    instance.setErrorForUnknownProfiles(true);
    FhirValidator validator = r4.newValidator().registerValidatorModule(instance);

    int valid = 0;
    int invalid = 0;
    for (Path file : Stream.concat(definitions.stream(), files(arguments[1]).stream()).toList()) {
      // Not warnings: most codes that R4 lets everybody choose, HL7's own examples' among them, bring one.
      List<SingleValidationMessage> errors = validator.validateWithResult(Files.readString(file)).getMessages().stream()
          .filter(message -> message.getSeverity().compareTo(ResultSeverityEnum.ERROR) >= 0)
          .toList();
      if (errors.isEmpty()) {
        valid++;
      } else {
        invalid++;
      }
      for (SingleValidationMessage error : errors) {
        System.out.println(file.getFileName() + ": " + error.getLocationString() + ": " + error.getMessage());
      }
    }
    System.out.println(valid + " valid, " + invalid + " invalid");
    System.exit(invalid == 0 && valid > definitions.size() ? 0 : 1);
  }

  private static List<Path> files(String folder) throws IOException {
    try (Stream<Path> walk = Files.walk(Path.of(folder))) {
      return walk.filter(path -> path.toString().endsWith(".json")).sorted().toList();
    }
  }
}
