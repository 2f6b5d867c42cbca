import FoundationEssentials
import Kubernetes
@testable import KubernetesClient
import Synchronization
import Testing

@Suite("credentials")
struct CredentialSourceTests {
    static func plugin(_ command: String = "/bin/sh", hint: String? = nil) throws -> ExecPlugin {
        let text = """
            {apiVersion: client.authentication.k8s.io/v1beta1, command: '\(command)', args: [x],
             env: [{name: K, value: v}]\(hint.map { ", installHint: '\($0)'" } ?? "")}
            """
        let value = try #require(try YAML.parse(Array(text.utf8)).first)
        return try ExecPlugin(KubeconfigNode(value: value, file: "/a/b", path: "users[0].user.exec"))
    }

    static func answer(_ status: String) -> [UInt8] {
        Array(
            #"{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{\#(status)}}"#.utf8
        )
    }

    @Test("a token file is read again after a minute, and at once when its token was refused")
    func tokenFile() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("token", "one\n")
        let time = FakeTime()
        let source = CredentialSource(.tokenFile(file), environment: [:], timing: time.timing, run: PluginProcess.run)
        let first = try await source.current()
        #expect(first.authorization == "Bearer one")
        try folder.write("token", "two\n")
        #expect(try await source.current() == first)
        time.advance(by: .seconds(61))
        let second = try await source.current()
        #expect(second.authorization == "Bearer two")
        #expect(try await source.replacement(for: second) == nil)
        try folder.write("token", "three\n")
        #expect(try await source.replacement(for: second)?.authorization == "Bearer three")
    }

    @Test("a token file that is gone for a moment leaves the last token; one that never was is an error that names it")
    func missingTokenFile() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("token", "one\n")
        let time = FakeTime()
        let source = CredentialSource(.tokenFile(file), environment: [:], timing: time.timing, run: PluginProcess.run)
        _ = try await source.current()
        try FileManager.default.removeItem(atPath: file)
        time.advance(by: .seconds(61))
        #expect(try await source.current().authorization == "Bearer one")
        let never = CredentialSource(
            .tokenFile("/nope/t"), environment: [:], timing: time.timing, run: PluginProcess.run)
        let error = await #expect(throws: APIError.self) { try await never.current() }
        #expect(error == .unreachable("the token file /nope/t cannot be read: No such file or directory"))
    }

    @Test("a plugin's credential is kept until shortly before it expires")
    func expiry() async throws {
        let time = FakeTime()
        let runs = Mutex(0)
        let source = CredentialSource(.exec(try Self.plugin()), environment: ["A": "b"], timing: time.timing) {
            command in
            #expect(command.environment["A"] == "b" && command.environment["K"] == "v")
            #expect(command.environment["KUBERNETES_EXEC_INFO"]?.contains("ExecCredential") == true)
            let count = runs.withLock { runs in
                runs += 1
                return runs
            }
            return Self.answer(#""token":"t\#(count)","expirationTimestamp":"2026-01-01T0\#(count):00:00Z""#)
        }
        #expect(try await source.current().authorization == "Bearer t1")
        time.advance(by: .seconds(3500))
        #expect(try await source.current().authorization == "Bearer t1")
        time.advance(by: .seconds(95))
        #expect(try await source.current().authorization == "Bearer t2")
        #expect(runs.withLock { $0 } == 2)
    }

    @Test("many requests that are refused together run the plugin once")
    func oneRenewal() async throws {
        let runs = Mutex(0)
        let source = CredentialSource(.exec(try Self.plugin()), environment: [:], timing: FakeTime().timing) { _ in
            let count = runs.withLock { runs in
                runs += 1
                return runs
            }
            await Task.yield()
            return Self.answer(#""token":"t\#(count)""#)
        }
        let old = try await source.current()
        let fresh = try await withThrowingTaskGroup(of: Credential?.self) { group in
            for _ in 0..<20 { group.addTask { try await source.replacement(for: old) } }
            return try await group.reduce(into: Set<String?>()) { $0.insert($1?.authorization) }
        }
        #expect(fresh == ["Bearer t2"])
        #expect(runs.withLock { $0 } == 2)
    }

    @Test("a plugin whose credentials are refused again and again runs after pauses that grow, and not at each request")
    func refusedForGood() async throws {
        let time = FakeTime()
        let runs = Mutex(0)
        let source = CredentialSource(.exec(try Self.plugin()), environment: [:], timing: time.timing) { _ in
            let count = runs.withLock { runs in
                runs += 1
                return runs
            }
            return Self.answer(#""token":"t\#(count)""#)
        }
        // Five refused requests a second for five minutes: 1 s, 2 s, 4 s … 60 s apart.
        for _ in 0..<1500 {
            let refused = try await source.current()
            _ = try await source.replacement(for: refused)
            time.advance(by: .milliseconds(200))
        }
        #expect(runs.withLock { $0 } == 11)
        // Minutes later a refusal is a new matter.
        time.advance(by: .seconds(121))
        let refused = try await source.current()
        #expect(try await source.replacement(for: refused) != nil)
    }

    @Test("a plugin that fails is not run for every request, and until it runs again its failure is told")
    func failing() async throws {
        let time = FakeTime()
        let runs = Mutex(0)
        let source = CredentialSource(.exec(try Self.plugin()), environment: [:], timing: time.timing) {
            _ async throws(CommandFailure) in
            let count = runs.withLock { runs in
                runs += 1
                return runs
            }
            guard count > 2 else { throw CommandFailure("ended with exit code 3: log in first") }
            return Self.answer(#""token":"good""#)
        }
        for _ in 0..<20 {
            let error = await #expect(throws: APIError.self) { try await source.current() }
            #expect(error?.description.contains("log in first") == true)
        }
        #expect(runs.withLock { $0 } == 1)
        time.advance(by: .seconds(1))
        await #expect(throws: APIError.self) { try await source.current() }
        time.advance(by: .seconds(2))
        #expect(try await source.current().authorization == "Bearer good")
        #expect(runs.withLock { $0 } == 3)
    }

    @Test("a plugin that gives credentials which are over already is not run for every request")
    func alwaysOver() async throws {
        let runs = Mutex(0)
        let source = CredentialSource(.exec(try Self.plugin()), environment: [:], timing: FakeTime().timing) { _ in
            runs.withLock { $0 += 1 }
            return Self.answer(#""token":"old","expirationTimestamp":"2020-01-01T00:00:00Z""#)
        }
        for _ in 0..<20 { #expect(try await source.current().authorization == "Bearer old") }
        #expect(runs.withLock { $0 } == 1)
    }

    @Test("a plugin may give a client certificate")
    func certificate() async throws {
        let source = CredentialSource(.exec(try Self.plugin()), environment: [:], timing: FakeTime().timing) { _ in
            Self.answer(#""clientCertificateData":"CERT","clientKeyData":"KEY""#)
        }
        #expect(
            try await source.current()
                == Credential(clientCertificate: Data("CERT".utf8), clientKey: Data("KEY".utf8)))
    }

    static let badAnswers: [(status: String, sentence: String)] = [
        ("", "printed neither a token nor a certificate"),
        (#""clientKeyData":"x""#, "printed only one of clientCertificateData and clientKeyData"),
        (#""token":"a\nb""#, "printed a token with a line break"),
        (#""token":"t","expirationTimestamp":"soon""#, "printed expirationTimestamp “soon”, which is not a time"),
    ]
    static let badOutputs: [(output: String, sentence: String)] = [
        ("hello", "printed something that is not JSON"),
        ("{}", "printed no ExecCredential"),
        (
            #"{"kind":"ExecCredential","apiVersion":"v9"}"#,
            "printed apiVersion “v9” instead of client.authentication.k8s.io/v1beta1"
        ),
    ]

    @Test(
        "what is wrong with a plugin's answer is said with its place and name",
        arguments: badOutputs + badAnswers.map { (String(decoding: answer($0.status), as: UTF8.self), $0.sentence) })
    func badAnswer(_ output: String, _ expected: String) async throws {
        let source = CredentialSource(.exec(try Self.plugin()), environment: [:], timing: FakeTime().timing) { _ in
            Array(output.utf8)
        }
        let error = await #expect(throws: APIError.self) { try await source.current() }
        #expect(error == .unreachable("kubeconfig /a/b: users[0].user.exec: the plugin “/bin/sh” \(expected)"))
    }

    @Test("a plugin that is not installed is an error with its hint")
    func notInstalled() async throws {
        let plugin = try Self.plugin("no-such-plugin", hint: "Get it from your admin")
        let source = CredentialSource(
            .exec(plugin), environment: ["PATH": "/bin"], timing: FakeTime().timing, run: PluginProcess.run)
        let error = await #expect(throws: APIError.self) { try await source.current() }
        #expect(
            error?.description.contains("is not installed (it was looked for in PATH). Get it from your admin") == true)
    }

    @Test("a real program is run with its arguments, its environment and what it is told about the cluster")
    func realProgram() async throws {
        let folder = try TemporaryFolder()
        _ = try folder.writeProgram(
            "get-token",
            """
            #!/bin/sh
            case "$KUBERNETES_EXEC_INFO" in *'"kind":"ExecCredential"'*) ;; *) exit 9 ;; esac
            printf '%s' '{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential",'
            printf '"status":{"token":"%s-%s"}}' "$1" "$K"
            """)
        let source = CredentialSource(
            .exec(try Self.plugin("get-token")), environment: ["PATH": "/nowhere:\(folder.path)"], timing: .live,
            run: PluginProcess.run)
        #expect(try await source.current().authorization == "Bearer x-v")
    }

    @Test("a real program that fails is quoted")
    func realFailure() async throws {
        let folder = try TemporaryFolder()
        let program = try folder.writeProgram("get-token", "#!/bin/sh\necho 'log in first' >&2\nexit 3\n")
        let source = CredentialSource(
            .exec(try Self.plugin(program)), environment: [:], timing: .live, run: PluginProcess.run)
        let error = await #expect(throws: APIError.self) { try await source.current() }
        #expect(
            error?.description.contains("ended with exit code 3: log in first") == true, "\(String(describing: error))")
    }
}
