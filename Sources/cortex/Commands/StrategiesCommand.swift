import Configuration
import Diagnosis
import Healing
import JSON

/// `cortex strategies`: what Cortex may do, for which causes, and under which conditions. It needs no cluster.
struct StrategiesCommand {
    private let arguments: ParsedArguments

    init(_ arguments: ParsedArguments) { self.arguments = arguments }

    func run() -> Int32 {
        do {
            switch arguments.options["--output"] ?? "text" {
            case "text": Terminal.out(Strategies.cards.map(Self.text).joined(separator: "\n\n"))
            case "yaml": Terminal.out(YAMLText.of(Self.value))
            case "json": Terminal.out(String(decoding: try JSONCoding.encode(Self.value, pretty: true), as: UTF8.self))
            case let other:
                Terminal.error("cortex strategies: --output must be json, yaml or text, not “\(other)”")
                return ExitCode.usage
            }
            return ExitCode.success
        } catch {
            Terminal.error("cortex strategies: \(error)")
            return ExitCode.failure
        }
    }

    /// Shape: `strategies [{name, action, class, summary, causes, preconditions, steps, verification, undo, rights}]`.
    private static var value: JSONValue {
        func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
        let cards = Strategies.cards.map { card -> JSONValue in
            [
                "name": .string(card.name), "action": .string(card.action.rawValue),
                "class": .string(card.reach.rawValue), "summary": .string(card.summary),
                "causes": list(card.causes.map(\.rawValue)), "preconditions": list(card.preconditions),
                "steps": list(card.steps), "verification": .string(card.verification), "undo": .string(card.undo),
                "rights": list(card.rights),
            ]
        }
        return ["strategies": .array(cards)]
    }

    private static func text(_ card: StrategyCard) -> String {
        func list(_ title: String, _ items: [String]) -> [String] {
            items.isEmpty ? [] : ["  \(title)"] + items.map { "    - \($0)" }
        }
        let causes = card.name == "escalate" ? "every other cause" : card.causes.map(\.rawValue).joined(separator: ", ")
        let lines =
            [
                "\(card.name) (\(card.action.rawValue), \(card.reach.rawValue))", "  \(card.summary)",
                "  causes: \(causes)",
            ]
            + list("only if", card.preconditions) + list("steps", card.steps)
            + ["  proven by: \(card.verification)", "  undone by: \(card.undo)"] + list("rights", card.rights)
        return lines.joined(separator: "\n")
    }
}
