/// `cortex.1`, written from the command table, for `man`.
/// Source of the macros: man(7).
public enum ManPage {
    /// - Parameter version: stands in the page's footer; there is no date, so that equal programs give equal pages.
    public static func roff(for commands: [CommandSpec], program: String = "cortex", version: String) -> String {
        let name = program.uppercased()
        var lines = [
            ".\\\" Written by scripts/docs from the command table. Do not edit.",
            ".TH \(name) 1 \"\" \"\(program) \(version)\" \"User Commands\"", ".SH NAME",
            "\(program) \\- heal the services of a Kubernetes cluster", ".SH SYNOPSIS", ".B \(program)",
            ".I COMMAND", "[options]", ".SH DESCRIPTION",
            escaped("Cortex heals the services of a Kubernetes cluster, inside the request that needs them."),
            ".SH COMMANDS",
        ]
        for command in commands { lines += section(command) }
        lines += [".SH ENVIRONMENT"]
        for setting in Setting.all {
            lines += entry(bold(setting.variable), sentence(setting.help) + " Default: \(fallback(setting)).")
        }
        lines += entry(
            bold("CORTEX_CONFIG"),
            "The configuration file (default: /etc/cortex/config.yaml), where no \(optionName("--config")) names one.",
            isEscaped: true)
        lines += entry(
            bold("KUBECONFIG"), "The kubeconfigs, where no \(optionName("--kubeconfig")) names one.", isEscaped: true)
        lines += [
            ".SH EXIT STATUS",
            "0 for success, 1 for a failure or something found, 2 for a mistake in the command line or",
            "the configuration, or when Cortex could not look. Each command says more.", ".SH SEE ALSO",
            ".BR kubectl (1)",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func section(_ command: CommandSpec) -> [String] {
        let positional = command.arguments.map { $0.isRequired ? $0.name : "[\($0.name)]" }
        let usage = ([command.name] + positional + (command.options.isEmpty ? [] : ["[options]"])).joined(
            separator: " ")
        var lines = [".SS \"\(escaped(usage))\"", escaped(command.summary)]
        for argument in command.arguments { lines += entry("\\fI\(argument.name)\\fR", sentence(argument.help)) }
        for option in command.options {
            let names = [option.short, option.name].compactMap { $0 }.map(optionName).joined(separator: ", ")
            lines += entry(names + (option.value.map { " \\fI\(escaped($0))\\fR" } ?? ""), sentence(option.help))
        }
        return lines + discussion(command.discussion)
    }

    /// Paragraphs are filled, indented lines stand as they are.
    private static func discussion(_ text: String) -> [String] {
        guard !text.isEmpty else { return [] }
        var lines = [".PP"]
        var isExample = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("  ") != isExample, !line.isEmpty {
                isExample.toggle()
                lines.append(isExample ? ".nf" : ".fi")
            }
            lines.append(line.isEmpty ? ".PP" : escaped(String(line)))
        }
        return lines + (isExample ? [".fi"] : [])
    }

    private static func entry(_ term: String, _ text: String, isEscaped: Bool = false) -> [String] {
        [".TP", term, isEscaped ? text : escaped(text)]
    }

    private static func fallback(_ setting: Setting) -> String { setting.fallback.isEmpty ? "none" : setting.fallback }
    private static func optionName(_ name: String) -> String { "\\fB\(escaped(name))\\fR" }
    private static func bold(_ text: String) -> String { "\\fB\(text)\\fR" }
    private static func sentence(_ text: String) -> String { text + "." }

    /// A hyphen that is to be typed is a minus; a line must not begin like a macro.
    private static func escaped(_ text: String) -> String {
        let safe = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return safe.hasPrefix(".") || safe.hasPrefix("'") ? "\\&" + safe : safe
    }
}
