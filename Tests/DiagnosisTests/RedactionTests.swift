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
        ])
    func plain(_ text: String) { #expect(Redaction.line(text) == text) }

    @Test("a line is bounded, also where a secret would be cut")
    func bound() {
        #expect(Redaction.line(String(repeating: "x", count: 5000)).count == Redaction.lineLimit)
        let late = String(repeating: "x", count: 190) + " password=hunter2abc"
        #expect(!Redaction.line(late).contains("hunter"))
    }

    @Test("control characters do not reach a terminal")
    func control() { #expect(Redaction.line("a\u{1b}[31mb\r\nc\u{202e}d") == "a [31mb c d") }

    @Test("of a log the last lines stay, and a private key is one mark")
    func lines() {
        let log = ["first", "-----BEGIN PRIVATE KEY-----", "MIIEhunter2abc", "-----END PRIVATE KEY-----", "  ", "last"]
        #expect(Redaction.lines(log) == ["first", Redaction.mark, "last"])
        #expect(Redaction.lines((1...9).map(String.init)) == ["5", "6", "7", "8", "9"])
    }
}
