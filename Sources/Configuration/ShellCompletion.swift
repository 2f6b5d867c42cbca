/// Completion scripts for the shells, written from the command table.
public enum ShellCompletion: String, Sendable, CaseIterable {
    case bash, zsh, fish

    /// The script, ready to be sourced; `program` is completed, and `kubectl-PROGRAM` where that is the same one.
    public func script(for commands: [CommandSpec], program: String = "cortex") -> String {
        switch self {
        case .bash: Self.bash(commands, program)
        case .zsh: Self.zsh(commands, program)
        case .fish: Self.fish(commands, program)
        }
    }

    private static func bash(_ commands: [CommandSpec], _ program: String) -> String {
        var values = ""
        var words = ""
        for command in commands {
            for option in command.options where option.value != nil {
                let patterns = [option.name, option.short].compactMap { $0 }.map { "\(command.name)/\($0)" }
                let reply =
                    switch option.completion {
                    case .words(let words): reply("-W '\(words.joined(separator: " "))'")
                    case .files: reply("-f")
                    case .directories: reply("-d")
                    case .nothing: ""
                    }
                values += "        \(patterns.joined(separator: " | "))) \(reply)return ;;\n"
            }
            let options = command.options.flatMap { [$0.name, $0.short].compactMap { $0 } } + ["--help"]
            let choices = command.arguments.flatMap(\.choices)
            words += "        \(command.name)) \(reply("-W '\((choices + options).joined(separator: " "))'"));;\n"
        }
        return """
            # Completes \(program) in bash: source <(\(program) completion bash)
            _\(program)() {
                local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
                COMPREPLY=()
                if ((COMP_CWORD == 1)); then
                    \(reply("-W '\((commands.map(\.name) + ["help"]).joined(separator: " "))'"))return
                fi
                case ${COMP_WORDS[1]}/$previous in
            \(values.dropLast())
                esac
                case ${COMP_WORDS[1]} in
            \(words)        help) \(reply("-W '\(commands.map(\.name).joined(separator: " "))'"));;
                esac
            }
            complete -F _\(program) \(program) kubectl-\(program)

            """
    }

    private static func reply(_ choice: String) -> String { "COMPREPLY=($(compgen \(choice) -- \"$word\")); " }

    private static func zsh(_ commands: [CommandSpec], _ program: String) -> String {
        var cases = ""
        for command in commands {
            var specs = command.options.map { option -> String in
                let value =
                    switch option.completion {
                    case _ where option.value == nil: ""
                    case .words(let words): ":\(option.value ?? ""):(\(words.joined(separator: " ")))"
                    case .files: ":\(option.value ?? ""):_files"
                    case .directories: ":\(option.value ?? ""):_files -/"
                    case .nothing: ":\(option.value ?? ""): "
                    }
                let names = [option.short, option.name].compactMap { $0 }
                let help = "[\(zshText(option.help))]\(value.replacing("ADDRESS:PORT", with: "ADDRESS"))"
                return names.count == 1
                    ? "'\(names[0])\(help)'"
                    : "'(\(names.joined(separator: " ")))'{\(names.joined(separator: ","))}'\(help)'"
            }
            specs += command.arguments.enumerated().map { index, argument in
                let choices = argument.choices.isEmpty ? " " : "(\(argument.choices.joined(separator: " ")))"
                return "'\(index + 1)\(argument.isRequired ? "" : ":"):\(argument.name):\(choices)'"
            }
            cases += "        \(command.name)) _arguments \(specs.joined(separator: " ")) ;;\n"
        }
        let described = commands.map { "'\($0.name):\(zshText($0.summary))'" }.joined(separator: " ")
        return """
            #compdef \(program) kubectl-\(program)
            # Completes \(program) in zsh: \(program) completion zsh >"${fpath[1]}/_\(program)"
            _\(program)() {
                local -a commands
                commands=(\(described))
                if ((CURRENT == 2)); then
                    _describe command commands
                    return
                fi
                shift words
                ((CURRENT--))
                case $words[1] in
            \(cases)    esac
            }
            if [[ $funcstack[1] == _\(program) ]]; then
                _\(program) "$@"
            else
                (( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
                compdef _\(program) \(program) kubectl-\(program)
            fi

            """
    }

    private static func fish(_ commands: [CommandSpec], _ program: String) -> String {
        var lines = [
            "# Completes \(program) in fish: \(program) completion fish | source", "complete -c \(program) -f",
        ]
        for command in commands {
            lines.append(
                "complete -c \(program) -n __fish_use_subcommand -a \(command.name) -d \(fishText(command.summary))")
            let seen = "complete -c \(program) -n '__fish_seen_subcommand_from \(command.name)'"
            for option in command.options {
                let short = option.short.map { " -s \($0.dropFirst())" } ?? ""
                let value =
                    switch option.completion {
                    case _ where option.value == nil: ""
                    case .words(let words): " -x -a '\(words.joined(separator: " "))'"
                    case .files, .directories: " -r -F"
                    case .nothing: " -x"
                    }
                lines.append("\(seen)\(short) -l \(option.name.dropFirst(2))\(value) -d \(fishText(option.help))")
            }
            let choices = command.arguments.flatMap(\.choices)
            if !choices.isEmpty { lines.append("\(seen) -a '\(choices.joined(separator: " "))'") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Within single quotes and square brackets.
    private static func zshText(_ text: String) -> String {
        text.replacing("'", with: "’").replacing("[", with: "(").replacing("]", with: ")").replacing(":", with: "\\:")
    }

    private static func fishText(_ text: String) -> String { "'\(text.replacing("'", with: "’"))'" }
}

extension CommandSpec.Option {
    enum Completion {
        case words([String])
        case files, directories, nothing
    }

    /// What may stand as its value.
    var completion: Completion {
        if !choices.isEmpty { return .words(choices) }
        if let key, case .choice(let words)? = Setting.named(key)?.kind { return .words(words) }
        return switch value {
        case "FILE": .files
        case "DIR": .directories
        default: .nothing
        }
    }
}
