internal import FoundationEssentials
import JSON

/// What a credential plugin printed, checked.
struct ExecCredential: Hashable {
    var credential: Credential
    /// nil: good until it is refused.
    var expires: Date?

    /// - Throws: `ExecFailure` when it is not the `ExecCredential` that was asked for.
    init(output: [UInt8], apiVersion: String) throws(ExecFailure) {
        let value: JSONValue
        do {
            value = try JSONCoding.decode(JSONValue.self, from: Data(output))
        } catch {
            throw ExecFailure("printed something that is not JSON")
        }
        guard value["kind"]?.stringValue == "ExecCredential" else { throw ExecFailure("printed no ExecCredential") }
        guard value["apiVersion"]?.stringValue == apiVersion else {
            throw ExecFailure("printed apiVersion “\(value["apiVersion"]?.stringValue ?? "")” instead of \(apiVersion)")
        }
        guard let status = value["status"] else { throw ExecFailure("printed an ExecCredential without a status") }
        let token = status["token"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        let certificate = status["clientCertificateData"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        let key = status["clientKeyData"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        guard (certificate == nil) == (key == nil) else {
            throw ExecFailure("printed only one of clientCertificateData and clientKeyData")
        }
        guard token != nil || certificate != nil else { throw ExecFailure("printed neither a token nor a certificate") }
        credential = Credential(
            clientCertificate: certificate.map { Data($0.utf8) }, clientKey: key.map { Data($0.utf8) })
        if let token {
            guard let token = Credential.cleaned(token) else { throw ExecFailure("printed a token with a line break") }
            credential.authorization = "Bearer " + token
        }
        if let text = status["expirationTimestamp"]?.stringValue {
            guard let date = RFC3339.date(from: text) else {
                throw ExecFailure("printed expirationTimestamp “\(text.prefix(40))”, which is not a time")
            }
            expires = date
        }
    }
}

/// What is wrong with a plugin's answer; a verb phrase after the plugin's name.
struct ExecFailure: Error, Hashable {
    var message: String

    init(_ message: String) { self.message = message }
}
