import JSON

/// Which program a container runs: its image's, unless its command says otherwise, with its environment and the pod's
/// annotation applied.
enum ProgramReader {
    enum Reading: Hashable {
        case program(Program)
        /// The runtime cannot start it; its own words.
        case unstartable(String)
    }

    static func read(_ container: JSONValue, image: ImageCatalogue.Image, annotation: JSONValue?) -> Reading {
        var program = image.program
        let command = (container["command"]?.arrayValue ?? []).compactMap(\.stringValue)
        let arguments = (container["args"]?.arrayValue ?? []).compactMap(\.stringValue)
        if let first = command.first {
            let name = first.split(separator: "/").last.map(String.init) ?? first
            if isShell(name) {
                let rest = Array(command.dropFirst()) + arguments
                let script = rest.firstIndex(of: "-c").flatMap { rest.dropFirst($0 + 1).first } ?? ""
                program = ShellScript.program(script, base: program)
            } else if tools.contains(name) {
                let words = ([name] + command.dropFirst() + arguments).joined(separator: " ")
                program = ShellScript.program(words, base: program)
            } else if !programs.contains(name) {
                return .unstartable(startError(first))
            }
        } else if image.program.ports?.isEmpty == true, !arguments.isEmpty {
            // Images that are but a shell: the arguments are the command.
            let script = arguments.firstIndex(of: "-c").flatMap { arguments.dropFirst($0 + 1).first }
            program = ShellScript.program(script ?? arguments.joined(separator: " "), base: program)
        }
        for variable in container["env"]?.arrayValue ?? [] {
            apply(variable["name"]?.stringValue ?? "", variable["value"]?.stringValue ?? "", to: &program)
        }
        if program.ports == nil {
            program.ports = (container["ports"]?.arrayValue ?? []).compactMap { $0["containerPort"]?.intValue }
        }
        let change = container["name"]?.stringValue.flatMap { annotation?[$0] }
        return .program(change.map { program.changed(by: $0) } ?? program)
    }

    /// What the test workloads' environment says: seconds until it serves, and a URL that it calls.
    private static func apply(_ name: String, _ value: String, to program: inout Program) {
        switch name {
        case "START_DELAY": program.readyAfter += Double(value) ?? 0
        case "DEPENDS_ON":
            guard let start = value.firstRange(of: "://") else { return }
            let authority = value[start.upperBound...].prefix { $0 != "/" }
            let parts = authority.split(separator: ":").map(String.init)
            guard let host = parts.first else { return }
            program.dependencies.append(
                .init(host: host, port: parts.count > 1 ? Int(parts[1]) : 80, effect: .unready))
        default: break
        }
    }

    private static func isShell(_ name: String) -> Bool { ["sh", "bash", "ash", "dash"].contains(name) }
    private static let tools: Set = ["sleep", "httpd", "echo", "true", "false", "nc", "tail", "nginx"]
    /// Interpreters and entry points: they run what the image is for.
    private static let programs: Set = ["python", "python3", "node", "java", "server", "uvicorn", "serve"]

    /// Source: recordings of runc under Kubernetes 1.20.
    private static func startError(_ command: String) -> String {
        let why =
            command.hasPrefix("/")
            ? "stat \(command): no such file or directory" : "executable file not found in $PATH"
        return "failed to create containerd task: failed to create shim task: OCI runtime create failed: "
            + "runc create failed: unable to start container process: exec: \"\(command)\": \(why): unknown"
    }
}
