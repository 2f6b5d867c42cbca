/// The images that the simulated registries hold, and how the registries answer.
public struct ImageCatalogue: Hashable, Sendable {
    public struct Image: Hashable, Sendable {
        public var program: Program
        public var runsAsRoot: Bool
        /// Its registry asks for a login, which only a pull secret brings.
        public var needsLogin: Bool

        public init(program: Program, runsAsRoot: Bool = true, needsLogin: Bool = false) {
            self.program = program
            self.runsAsRoot = runsAsRoot
            self.needsLogin = needsLogin
        }
    }

    /// By repository and tag as people write them: `sandfly-mcp:1`.
    public var images: [String: Image]
    /// Repositories that have every tag but `nope`, as public ones seem to.
    public var repositories: [String: Image]
    /// While it is true no registry can be reached.
    public var isDown = false

    public init(images: [String: Image] = [:], repositories: [String: Image] = [:]) {
        self.images = images
        self.repositories = repositories
    }

    /// What many examples use.
    public static let common: ImageCatalogue = {
        let web = Image(program: Program(readyAfter: 0.5, ports: [80]))
        let shell = Image(program: Program(ending: .init(after: 0.1, code: 0), ports: []))
        return ImageCatalogue(repositories: [
            "nginx": web, "httpd": web, "busybox": shell, "alpine": shell, "pause": Image(program: Program()),
        ])
    }()

    /// Whether the image's name can be read at all; the runtime's own words when not.
    static func invalidity(of name: String) -> String? {
        let path = name.split(separator: "@").first.map(String.init) ?? name
        let words = "Failed to apply default image tag \"\(name)\": couldn't parse image reference \"\(name)\": "
        if path.isEmpty || path.hasSuffix(":") || path.hasSuffix("/") { return words + "invalid reference format" }
        let repository = path.split(separator: "/", omittingEmptySubsequences: false).map { part in
            String(part.prefix { $0 != ":" })
        }
        if repository.last?.contains(where: \.isUppercase) == true {
            return words + "invalid reference format: repository name must be lowercase"
        }
        let tag = path.split(separator: "/").last.map { $0.drop { $0 != ":" }.dropFirst() } ?? ""
        let isBadTag = tag.contains { !($0.isLetter || $0.isNumber || "._-".contains($0)) }
        return isBadTag || path.contains(" ") ? words + "invalid reference format" : nil
    }

    /// With registry and tag, as the runtime resolves it: `docker.io/library/web:nope`.
    static func resolved(_ name: String) -> String {
        var parts = name.split(separator: "/").map(String.init)
        let hasHost = parts.count > 1 && (parts[0].contains(".") || parts[0].contains(":") || parts[0] == "localhost")
        if !hasHost { parts = ["docker.io"] + (parts.count == 1 ? ["library"] : []) + parts }
        let isTagged = parts.last?.contains(":") == true || name.contains("@")
        return parts.joined(separator: "/") + (isTagged ? "" : ":latest")
    }

    /// The image of a name; nil when no registry has it.
    func image(_ name: String) -> Image? {
        let resolved = Self.resolved(name)
        if let known = images[name] ?? images.first(where: { Self.resolved($0.key) == resolved })?.value {
            return known
        }
        let last = resolved.split(separator: "/").last.map(String.init) ?? resolved
        let parts = last.split(separator: ":").map(String.init)
        guard parts.count < 2 || parts[1] != "nope" else { return nil }
        let isPublic = resolved.hasPrefix("docker.io/library/") || resolved.hasPrefix("registry.k8s.io/")
        return isPublic ? parts.first.flatMap { repositories[$0] } : nil
    }

    /// What a pull comes to: nil when it succeeds, else the runtime's own words.
    /// Source: recordings of containerd 1.6 under Kubernetes 1.20.
    func pullFailure(_ name: String, hasSecret: Bool) -> String? {
        let resolved = Self.resolved(name)
        let host = resolved.split(separator: "/").first.map(String.init) ?? resolved
        let words = "failed to pull and unpack image \"\(resolved)\": failed to resolve reference \"\(resolved)\": "
        let path = resolved.dropFirst(host.count + 1)
        let tag = path.split(separator: ":").last.map(String.init) ?? "latest"
        let repository = path.split(separator: ":").first.map(String.init) ?? String(path)
        if isDown {
            return "rpc error: code = Unknown desc = \(words)failed to do request: "
                + "Head \"https://\(host)/v2/\(repository)/manifests/\(tag)\": dial tcp: connect: connection refused"
        }
        guard let image = image(name) else {
            return "rpc error: code = NotFound desc = \(words)\(resolved): not found"
        }
        if image.needsLogin, !hasSecret {
            return "rpc error: code = Unknown desc = \(words)unexpected status from HEAD request to "
                + "https://\(host)/v2/\(repository)/manifests/\(tag): 401 Unauthorized"
        }
        return nil
    }
}
