using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.TestKit.Kubernetes;

/// <summary>An API server for tests: a real one, or the sandbox's.</summary>
public interface IKubernetesServer
{
    Uri Address { get; }

    /// <summary>A token of <c>system:masters</c>.</summary>
    string AdminToken { get; }

    /// <summary>The path of a kubeconfig with <see cref="AdminToken"/>, in a folder of the server's own.</summary>
    string Kubeconfig { get; }

    /// <summary>A kubeconfig for another token, and perhaps another address, for example a <see cref="FaultProxy"/>'s.</summary>
    string KubeconfigFor(string token, Uri address);

    /// <summary>A proxy between a client and this server, to inject faults into.</summary>
    Task<FaultProxy> StartProxyAsync();

    /// <summary>An HTTP client that carries the token, without any library of Kubernetes in between.</summary>
    HttpClient ClientWith(string token);
}
