import JSON

/// A pod template's fingerprint, as the letters of a ReplicaSet's name.
enum TemplateHash {
    private static let letters = Array("bcdfghjklmnpqrstvwxz2456789")

    /// FNV-1a over the template's sorted JSON; the letters are those that Kubernetes uses, so that no word is formed.
    static func text(of template: JSONValue, salt: Int = 0) -> String {
        var hash: UInt32 = 2_166_136_261
        for byte in JSONText.sorted(template).utf8 + Array(String(salt).utf8) {
            hash = (hash ^ UInt32(byte)) &* 16_777_619
        }
        return String(String(hash).unicodeScalars.map { letters[Int($0.value) % letters.count] })
    }
}
