import Configuration
import JSON

/// `cortex config`: the effective configuration, and where each value comes from.
struct ConfigCommand {
    private let arguments: ParsedArguments

    init(_ arguments: ParsedArguments) { self.arguments = arguments }

    func run() -> Int32 {
        if arguments.has("--reference") {
            Terminal.out(String(ConfigurationPage.markdown.dropLast()))
            return ExitCode.success
        }
        let format = arguments.options["--output"] ?? "yaml"
        guard ["json", "yaml"].contains(format) else {
            Terminal.error("cortex config: --output must be yaml or json, not “\(format)”")
            return ExitCode.usage
        }
        do {
            let settings = try ProgramSettings(arguments, of: Commands.config)
            // Beside the configuration, which may be piped into a file.
            for warning in settings.warnings { Terminal.error("cortex config: \(warning)") }
            let effective = EffectiveConfiguration(settings.configuration, file: settings.path)
            if format == "json" {
                Terminal.out(String(decoding: try JSONCoding.encode(effective.json, pretty: true), as: UTF8.self))
            } else {
                Terminal.out(effective.yaml)
            }
            return ExitCode.success
        } catch {
            Terminal.error("cortex config: \(error)")
            return ExitCode.usage
        }
    }
}
