using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Platforms.TestKit.Kubernetes;

/// <summary>
/// A real etcd and kube-apiserver on free loopback ports, in a folder of their own. No scheduler, kubelet or controller
/// runs: objects, RBAC, tokens and admission are real, pods never start.
/// </summary>
public sealed class KubeApiServer : IKubernetesServer, IAsyncDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(90);

    private readonly string _binaries;
    private readonly string _folder;
    private readonly int[] _ports;
    private readonly string[] _arguments;
    private Tethered? _etcd;
    private Tethered? _server;

    private KubeApiServer(string binaries, string folder, int[] ports, string[] arguments) =>
        (_binaries, _folder, _ports, _arguments) = (binaries, folder, ports, arguments);

    /// <summary>Where the API answers.</summary>
    public Uri Address => new($"https://127.0.0.1:{_ports[2]}");

    /// <summary>A token of <c>system:masters</c>, random for each server.</summary>
    public string AdminToken { get; } = RandomNumberGenerator.GetHexString(40, lowercase: true);

    /// <summary>The path of a kubeconfig with <see cref="AdminToken"/> and the context <c>test</c>.</summary>
    public string Kubeconfig => Path.Combine(_folder, "kubeconfig");

    public string Kubectl => Path.Combine(_binaries, "kubectl");

    /// <param name="arguments">More for kube-apiserver.</param>
    public static async Task<KubeApiServer> StartAsync(CancellationToken cancellation = default, params string[] arguments)
    {
        var binaries = await KubernetesBinaries.LocateAsync(cancellation);
        var server = new KubeApiServer(binaries, Directory.CreateTempSubdirectory("nhigrains-kube-").FullName, LoopbackPorts.Free(3), arguments);
        try
        {
            await server.PrepareAsync(cancellation);
            await server.StartAgainAsync(cancellation);
            await File.WriteAllTextAsync(server.Kubeconfig, server.KubeconfigFor(server.AdminToken), cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts both programs on the same ports and data, and returns when the API is ready.</summary>
    public async Task StartAgainAsync(CancellationToken cancellation = default)
    {
        _etcd = Tethered.Start(Path.Combine(_binaries, "etcd"), Path.Combine(_folder, "etcd.log"), EtcdArguments());
        _server = Tethered.Start(Path.Combine(_binaries, "kube-apiserver"), Path.Combine(_folder, "kube-apiserver.log"), ServerArguments());
        await Eventually.TrueAsync(IsReadyAsync, ReadyWithin, () => $"kube-apiserver is not ready. The end of its log:\n{EndOfLog()}", cancellation);
    }

    /// <summary>Kills both programs, as a power cut would; the data stays.</summary>
    public async Task StopAsync()
    {
        foreach (var program in (Tethered?[])[_server, _etcd])
        {
            if (program is null)
                continue;
            await program.StopAsync();
            program.Dispose();
        }

        (_server, _etcd) = (null, null);
    }

    public async Task RestartAsync(CancellationToken cancellation = default)
    {
        await StopAsync();
        await StartAgainAsync(cancellation);
    }

    /// <summary>A kubeconfig for another token, for example one that was issued to a service account.</summary>
    public string KubeconfigFor(string token) => KubeconfigFor(token, Address);

    /// <summary>The same for another address of the server, for example a <see cref="Faults.FaultProxy"/> before it.</summary>
    public string KubeconfigFor(string token, Uri address) =>
        $"""
        apiVersion: v1
        kind: Config
        current-context: test
        clusters: [{"{"} name: test, cluster: {"{"} server: "{address}"{(address.Scheme == Uri.UriSchemeHttps ? $", certificate-authority-data: {Certificate()}" : "")} {"}"} {"}"}]
        users: [{"{"} name: test, user: {"{"} token: "{token}" {"}"} {"}"}]
        contexts: [{"{"} name: test, context: {"{"} cluster: test, user: test {"}"} {"}"}]

        """;

    /// <summary>A proxy between a client and this server, to inject faults into.</summary>
    public Task<FaultProxy> StartProxyAsync() => FaultProxy.StartAsync(Address, Handler());

    /// <summary>An HTTP client that carries the token, without any library of Kubernetes in between.</summary>
    public HttpClient ClientWith(string token)
    {
        var client = new HttpClient(Handler()) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(10) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private SocketsHttpHandler Handler()
    {
        // The server signed its certificate itself, into its folder: exactly that one is trusted.
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) =>
            shown is not null && File.Exists(CertificatePath) && shown.Equals(X509CertificateLoader.LoadCertificateFromFile(CertificatePath));
        return handler;
    }

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        using var key = RSA.Create(2048);
        await File.WriteAllTextAsync(Path.Combine(_folder, "sa.key"), key.ExportRSAPrivateKeyPem(), cancellation);
        await File.WriteAllTextAsync(Path.Combine(_folder, "tokens.csv"), $"{AdminToken},admin,1,\"system:masters\"\n", cancellation);
    }

    private string[] EtcdArguments()
    {
        var (clients, peers) = ($"http://127.0.0.1:{_ports[0]}", $"http://127.0.0.1:{_ports[1]}");
        return
        [
            "--data-dir", Path.Combine(_folder, "etcd"),
            "--listen-client-urls", clients, "--advertise-client-urls", clients,
            "--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers, "--initial-cluster", $"default={peers}",
        ];
    }

    private string[] ServerArguments()
    {
        var key = Path.Combine(_folder, "sa.key");
        return
        [
            $"--etcd-servers=http://127.0.0.1:{_ports[0]}",
            "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", $"--secure-port={_ports[2]}",
            $"--cert-dir={Path.Combine(_folder, "certificates")}",
            "--authorization-mode=RBAC", "--anonymous-auth=false", $"--token-auth-file={Path.Combine(_folder, "tokens.csv")}",
            "--service-account-issuer=https://k8s.test", $"--service-account-signing-key-file={key}", $"--service-account-key-file={key}",
            "--service-cluster-ip-range=10.0.0.0/24", "--disable-admission-plugins=ServiceAccount", "--endpoint-reconciler-type=none",
            .. _arguments,
        ];
    }

    private async Task<bool> IsReadyAsync()
    {
        if (_etcd is not { HasExited: false } || _server is not { HasExited: false })
            throw new InvalidOperationException($"A program ended while it was starting. The end of the log:\n{EndOfLog()}");
        using var client = ClientWith(AdminToken);
        try
        {
            using var answer = await client.GetAsync(new Uri("/readyz", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
        {
            // It does not listen yet, or it listens and does not answer yet.
            return false;
        }
    }

    private string CertificatePath => Path.Combine(_folder, "certificates", "apiserver.crt");

    private string Certificate() =>
        Convert.ToBase64String(File.ReadAllBytes(CertificatePath));

    private string EndOfLog()
    {
        var log = Path.Combine(_folder, "kube-apiserver.log");
        return File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(15)) : "(none)";
    }
}
