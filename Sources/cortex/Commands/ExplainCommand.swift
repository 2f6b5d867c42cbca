import Configuration
import Diagnosis
import Healing

/// `cortex explain`: what a cause means, what Cortex does about it, and what a person does.
struct ExplainCommand {
    private let arguments: ParsedArguments

    init(_ arguments: ParsedArguments) { self.arguments = arguments }

    func run() -> Int32 {
        if arguments.has("--reference") {
            Terminal.out(String(CausePage.markdown.dropLast()))
            return ExitCode.success
        }
        guard let name = arguments.positional.first else {
            let rows = CauseID.allCases.map { ($0.rawValue, CauseGuide(for: $0).meaning) }
            Terminal.out(String(CommandSpec.columns(rows).dropLast()))
            return ExitCode.success
        }
        guard let cause = CauseID(rawValue: name) else {
            let near = Nearest.to(name, among: CauseID.allCases.map(\.rawValue))
            Terminal.error(
                "cortex explain: unknown cause “\(name)”" + (near.map { "; did you mean \($0)?" } ?? "")
                    + "; “cortex explain” lists them")
            return ExitCode.usage
        }
        Terminal.out(CauseGuide(for: cause).text)
        return ExitCode.success
    }
}
