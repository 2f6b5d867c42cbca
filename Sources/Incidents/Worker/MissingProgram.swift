import Diagnosis

/// The program that a shell did not find, from what the shell said about it.
enum MissingProgram {
    /// `kubectl` of `bash: line 3: kubectl: command not found` and of `/bin/sh: 1: kubectl: not found`.
    static func named(in output: [UInt8]) -> String? {
        for line in output.split(separator: 0x0A) {
            let parts = String(decoding: line, as: UTF8.self).split(separator: ":").map { part in
                part.drop { $0 == " " }
            }
            guard parts.count >= 3, let last = parts.last, last == "not found" || last == "command not found" else {
                continue
            }
            // What others say is data: short, and without what a terminal would obey.
            return Redaction.line(String(parts[parts.count - 2]), limit: 60)
        }
        return nil
    }
}
