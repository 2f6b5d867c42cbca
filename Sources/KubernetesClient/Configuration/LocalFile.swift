internal import Glibc

/// Small files: kubeconfigs, certificates, tokens.
enum LocalFile {
    /// Larger than any kubeconfig in use; what is longer is not one.
    static let maximumBytes = 4 << 20

    /// The whole file. - Throws: `LocalFileFailure`; `isMissing` tells an absent file from an unreadable one.
    static func read(_ path: String) throws(LocalFileFailure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(errno) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= maximumBytes else {
                throw LocalFileFailure(reason: "longer than \(maximumBytes) bytes", isMissing: false)
            }
        }
    }

    static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

    private static func failure(_ code: Int32) -> LocalFileFailure {
        LocalFileFailure(reason: String(cString: strerror(code)), isMissing: code == ENOENT || code == ENOTDIR)
    }
}

/// Why a file cannot be read.
struct LocalFileFailure: Error, Hashable {
    var reason: String
    var isMissing: Bool
}
