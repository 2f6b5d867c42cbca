import FoundationEssentials
import Glibc

/// The files of a demo: a directory that only its user can read, and the kubeconfig. All of it goes with the demo.
struct DemoFiles: Sendable {
    let directory: String
    let kubeconfig: String

    /// - Parameter kubeconfig: where it is to be; nil for inside the directory.
    init(kubeconfig: String?) throws(ProgramFailure) {
        let base = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        directory = "\(base)/cortex-demo-\(getpid())"
        guard mkdir(directory, 0o700) == 0 else {
            throw ProgramFailure("the directory \(directory) cannot be made: \(String(cString: strerror(errno)))")
        }
        self.kubeconfig = kubeconfig ?? directory + "/kubeconfig"
    }

    func write(kubeconfig text: String) throws(ProgramFailure) {
        let descriptor = open(kubeconfig, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let why = String(cString: strerror(errno))
            remove()
            throw ProgramFailure("the kubeconfig \(kubeconfig) cannot be written: \(why)")
        }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw ProgramFailure("the kubeconfig \(kubeconfig) cannot be written")
        }
    }

    func remove() {
        unlink(kubeconfig)
        // What cannot be removed now is a directory of temporary files; there is nobody left to tell.
        try? FileManager.default.removeItem(atPath: directory)
    }
}
