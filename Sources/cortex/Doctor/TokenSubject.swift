import FoundationEssentials
import JSON

/// Whom a service account's token names. Only to be shown: nobody verifies its signature here.
enum TokenSubject {
    /// The claim `sub`; nil when the token is no JWT.
    static func of(_ token: String) -> String? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        var payload = parts[1].replacing("-", with: "+").replacing("_", with: "/")
        payload += String(repeating: "=", count: (4 - payload.count % 4) % 4)
        guard let data = Data(base64Encoded: String(payload)) else { return nil }
        // What is no JSON is no JWT either.
        let claims = try? JSONCoding.decode(JSONValue.self, from: data)
        return claims?["sub"]?.stringValue
    }
}
