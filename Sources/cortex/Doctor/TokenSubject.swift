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

    /// `cortex:cortex-api` of `system:serviceaccount:cortex:cortex-api`; nil for anybody who is no service account.
    static func serviceAccount(_ subject: String) -> ServiceAccountName? {
        let parts = subject.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount" else { return nil }
        return ServiceAccountName(namespace: parts[2], name: parts[3])
    }
}

/// Whom rights are granted to.
struct ServiceAccountName: Hashable, Sendable {
    /// As the manifests have it.
    static let usual = ServiceAccountName(namespace: "cortex", name: "cortex-api")

    var namespace: String
    var name: String
}
