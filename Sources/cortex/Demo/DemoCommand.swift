import Configuration
import FoundationEssentials
import Glibc
import HTTPClient
import HTTPServer
import JSON
import Simulation

/// `cortex demo`: a homelab in this program, Cortex beside it, and ways to break it and to ask.
struct DemoCommand {
    private static let address = "127.0.0.1:8000"
    private let arguments: ParsedArguments

    init(_ arguments: ParsedArguments) { self.arguments = arguments }

    func run() async -> Int32 {
        do {
            switch arguments.positional.first {
            case nil: return try await host()
            case "break": return try await breaks()
            case "ask": return try await ask()
            case "status": return try await status()
            case "faults": return try faults()
            case let word?:
                let near =
                    Nearest.to(word, among: Commands.demo.arguments[0].choices).map { "; did you mean \($0)?" } ?? ""
                throw UsageError("there is no “demo \(word)”\(near)", Commands.demo.usage)
            }
        } catch let error as UsageError {
            Terminal.error("cortex demo: \(error)")
            return ExitCode.usage
        } catch {
            Terminal.error("cortex demo: \(error)")
            return ExitCode.failure
        }
    }

    // MARK: The other commands

    private func client(_ transport: CurlTransport) -> DemoClient {
        DemoClient(server: arguments.options["--server"] ?? "http://\(Self.address)", transport: transport)
    }

    private func word(_ index: Int, _ what: String) throws(UsageError) -> String {
        guard arguments.positional.count > index, !arguments.positional[index].isEmpty else {
            throw UsageError("\(what) is missing", Commands.demo.usage)
        }
        return arguments.positional[index]
    }

    private func breaks() async throws -> Int32 {
        let fault = try word(1, "the FAULT")
        let given = try DemoFaults.given(arguments.options["--with"])
        let transport = CurlTransport()
        defer { transport.shutdown() }
        let service = arguments.positional.count > 2 ? arguments.positional[2] : nil
        let answer = try await client(transport).breaks(fault, at: service, given: given)
        Terminal.out("\(answer["fault"]?.stringValue ?? "") at \(answer["service"]?.stringValue ?? "")")
        return ExitCode.success
    }

    private func faults() throws(UsageError) -> Int32 {
        guard let word = arguments.positional.dropFirst().first else {
            Terminal.out(DemoFaults.all)
            return ExitCode.success
        }
        guard let fault = FaultName(rawValue: word) else {
            throw UsageError(FaultName.unknown(word), Commands.demo.usage)
        }
        Terminal.out(DemoFaults.line(fault))
        return ExitCode.success
    }

    private func ask() async throws -> Int32 {
        let query = try word(1, "the question")
        let transport = CurlTransport()
        defer { transport.shutdown() }
        let isAnswered = try await client(transport).ask(query) { Terminal.out($0) }
        return isAnswered ? ExitCode.success : ExitCode.failure
    }

    private func status() async throws -> Int32 {
        let transport = CurlTransport()
        defer { transport.shutdown() }
        let rows = try await client(transport).status()
        for row in rows {
            let name = row.name + String(repeating: " ", count: max(1, 24 - row.name.count))
            Terminal.out("\(name)\(row.ready)/\(row.wanted)  \(row.isAnswering ? "answers" : "no answer")")
        }
        return rows.allSatisfy(\.isAnswering) ? ExitCode.success : ExitCode.failure
    }

    // MARK: The demo itself

    private func host() async throws -> Int32 {
        let start = ContinuousClock.now
        let files = try DemoFiles(kubeconfig: arguments.options["--kubeconfig-out"])
        defer { files.remove() }
        let cluster = DemoCluster(seed: UInt64.random(in: .min ... .max))
        let api = try cluster.start()
        try files.write(kubeconfig: cluster.kubeconfig(url: api))
        let assembly = try ServeAssembly(try settings(files), startedAt: start) { base in
            DemoHandler(base: base, cluster: cluster)
        }
        let url: String
        do {
            url = try assembly.listen()
        } catch {
            await cluster.stop()
            throw error
        }
        let view = DemoView(header: Self.header(url, files.kubeconfig))
        view.begin()
        let work = Task { await assembly.run() }
        let screen = Task { await draw(view, assembly, cluster) }
        let tour = arguments.has("--no-tour") ? nil : Task { await showcase(url, view, cluster) }
        _ = await Signals.ended()
        Task {
            _ = await Signals.ended()
            view.end()
            files.remove()
            _exit(ExitCode.failure)
        }
        tour?.cancel()
        screen.cancel()
        view.end()
        await assembly.stop(grace: .seconds(1))
        work.cancel()
        await cluster.stop()
        return ExitCode.success
    }

    /// The flags of `serve` that a demo sets for itself where nobody else did.
    private func settings(_ files: DemoFiles) throws(ProgramFailure) -> ProgramSettings {
        var own = arguments
        own.options["--kubeconfig"] = files.kubeconfig
        own.options["--heal-log-dir"] = files.directory
        // The addresses of a simulated cluster are those of no network: whoever answers there is somebody else.
        var command = Commands.demo
        command.options.append(.init("--reach", value: "HOW", key: "toolServers.reach", help: ""))
        own.options["--reach"] = "api-proxy"
        let standards = [("--listen", Self.address), ("--human-grace", "3s"), ("--log-level", "error")]
        for (option, value) in standards where own.options[option] == nil { own.options[option] = value }
        return try ProgramSettings(own, of: command)
    }

    private static func header(_ url: String, _ kubeconfig: String) -> [String] {
        let isStandard = url == "http://\(address)"
        let server = isStandard ? "" : " --server \(url)"
        return [
            "Cortex keeps a simulated homelab working. Ctrl-C ends it and leaves nothing behind.",
            "  API       \(url)",
            "  kubectl   kubectl --kubeconfig \(kubeconfig) get pods -n cortex-system",
            "  try       cortex demo ask \"list sandfly hosts\"\(server)",
            "            cortex demo break image-not-found proxmox-mcp-server\(server)",
        ]
    }

    private func draw(_ view: DemoView, _ assembly: ServeAssembly, _ cluster: DemoCluster) async {
        repeat {
            view.refresh(assembly.feed, cluster.rows())
        } while (try? await Task.sleep(for: .milliseconds(250))) != nil  // throws only when it is cancelled
    }

    /// Shows at once what it is about: a tool server is scaled to zero, and somebody asks for it.
    private func showcase(_ url: String, _ view: DemoView, _ cluster: DemoCluster) async {
        let transport = CurlTransport()
        defer { transport.shutdown() }
        let client = DemoClient(server: url, transport: transport)
        view.say("Somebody scales \(DemoHandler.standard) to zero, and somebody else asks for it:")
        if let why = cluster.inject(.scaledToZero, at: DemoHandler.standard) { return view.say(why) }
        do {
            _ = try await client.ask("list sandfly hosts") { view.say($0) }
        } catch {
            if !Task.isCancelled { view.say("\(error)") }
        }
    }
}
