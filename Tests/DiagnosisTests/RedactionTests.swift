import Diagnosis
import Testing

@Suite("Secrets in text")
struct RedactionTests {
    private static let secrets = [
        "Authorization: Bearer abcdef0123456789", "authorization=Basic dXNlcjpwYXNz",
        "using bearer abcdef0123456789.xyz",
        "DB_PASSWORD=hunter2abc", "password: hunter2abc", #"{"apiKey": "hunter2abc"}"#, "client_secret='hunter2abc'",
        "connect to postgres://admin:hunter2abc@db:5432/shop failed", "https://hunter2abc@git.example.com/x",
        "key AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMIhunter2abc",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "token ghp_abcdefghijklmnop0123",
        "-----BEGIN RSA PRIVATE KEY-----MIIEhunter2abc-----END RSA PRIVATE KEY-----",
        #"{"msg":"login {\"password\":\"hunter2abc\"} failed"}"#, "mysql --password hunter2abc --host db",
        "--api-key 'hunter2abc and more'", "DB_PASS=hunter2abc", "GET /x?sig=1&X-Amz-Signature=hunter2abc&y=2",
        "Cookie: session=hunter2abc; theme=dark", "Set-Cookie: id=hunter2abc; Path=/",
        "\u{1b}[36mtoken\u{1b}[0m=hunter2abc", "\u{1b}[1;33mpassword\u{1b}[0m: hunter2abc",
        "pass\u{200b}word=hunter2abc", "to\u{200d}ken: hunter2abc", "\u{1b}]0;title\u{07}pwd=hunter2abc",
        "using github_pat_abcdefghijklmnop0123", "npm_abcdefghijklmnop0123", "AIzaabcdefghijklmnop0123",
        "hook https://hooks.slack.com/services/T0/B0/abcdefghijklmnop0123",
    ]
    private static let leaks = [
        "hunter2abc", "abcdef0123456789", "dXNlcjpwYXNz", "AKIAIOSFODNN7EXAMPLE", "eyJzdWIiOiIxIn0",
        "abcdefghijklmnop0123",
    ]

    @Test("a secret does not get into evidence", arguments: secrets)
    func secret(_ text: String) {
        let clean = Redaction.line(text)
        #expect(clean.contains(Redaction.mark))
        #expect(!Self.leaks.contains { clean.contains($0) }, "\(clean)")
    }

    @Test(
        "what is no secret stays as it is",
        arguments: [
            #"secret "db" not found"#,
            "Readiness probe failed: Get \"http://10.42.0.3:3000/health\": connection refused",
            "exceeded quota: q, requested: pods=1, used: pods=2", "couldn't find key mode in ConfigMap shop/settings",
            "3 passed, 1 failed", "bypass: on", "compass: north", "--no-token-check --host db",
        ])
    func plain(_ text: String) { #expect(Redaction.line(text) == text) }

    @Test("a line is bounded, also where a secret would be cut")
    func bound() {
        #expect(Redaction.line(String(repeating: "x", count: 5000)).count == Redaction.lineLimit)
        let late = String(repeating: "x", count: 190) + " password=hunter2abc"
        #expect(!Redaction.line(late).contains("hunter"))
    }

    @Test("control characters do not reach a terminal")
    func control() { #expect(Redaction.line("a\u{1b}[31mb\r\nc\u{202e}d") == "ab cd") }

    @Test("of a log the last lines stay, and a private key is one mark")
    func lines() {
        let log = ["first", "-----BEGIN PRIVATE KEY-----", "MIIEhunter2abc", "-----END PRIVATE KEY-----", "  ", "last"]
        #expect(Redaction.lines(log) == ["first", Redaction.mark, "last"])
        #expect(Redaction.lines((1...9).map(String.init)) == ["5", "6", "7", "8", "9"])
    }

    @Test("the kubelet's word that it has no log is no last word of the program")
    func absent() {
        #expect(ContainerLog.isAbsent("unable to retrieve container logs for containerd://2a1f5eff"))
        #expect(ContainerLog.isAbsent(#"failed to try resolving symlinks in path "/var/log/pods/a/3.log": lstat …"#))
        #expect(!ContainerLog.isAbsent("vault: permission denied\nunable to retrieve container logs for x"))
    }
}
