using Microsoft.Extensions.Logging;
using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms.Kubernetes.Api;
using NhiGrains.Platforms.Kubernetes.Applying;
using NhiGrains.Platforms.Kubernetes.Compiling;
using NhiGrains.Platforms.Kubernetes.Credentials;
using NhiGrains.Platforms.Kubernetes.Objects;
using NhiGrains.Platforms.Kubernetes.Observing;
using NhiGrains.Platforms.Kubernetes.Probing;
using NhiGrains.Platforms.Kubernetes.Watching;

namespace NhiGrains.Platforms.Kubernetes;

/// <summary>Kubernetes RBAC. A principal is <c>namespace/serviceaccount</c>.</summary>
internal sealed class KubernetesConnector(
    KubernetesPlatformOptions options, KubernetesApi api, TimeProvider time, ILogger<KubernetesConnector> log) : IPlatformConnector, IDisposable
{
    private readonly SnapshotReader _snapshots = new(api);

    public string Name => options.Platform;

    public Capabilities Capabilities { get; } = new(
        NativeTimeBound: false,
        options.ControllerLag,
        Watch: true,
        IssuesCredentials: true,
        MinimumCredentialLifetime: TimeSpan.FromSeconds(600),
        options.CredentialEndLag);

    public long? Calls => api.Calls;

    public Refusal? CheckBinding(Binding binding) =>
        ServiceAccountName.TryParse(binding.Principal) is null ? Refusals.Principal : null;

    public Translation Compile(CompileRequest request) => Compiler.Compile(request, Name, Capabilities);

    public Task<Observation> ObserveAsync(Binding binding, string identityId, CancellationToken cancellation) =>
        new Observer(Name, api, _snapshots, time).ObserveAsync(ServiceAccountName.Parse(binding.Principal), identityId, cancellation);

    public IAsyncEnumerable<ObservedPage> ObservePagesAsync(string? after, CancellationToken cancellation) =>
        new Observer(Name, api, _snapshots, time).ObservePagesAsync(after, cancellation);

    public Task<ApplyResult> ApplyAsync(DesiredState desired, Translation plan, Fence fence, CancellationToken cancellation) =>
        new Applier(api, _snapshots).ApplyAsync(desired, plan, fence, cancellation);

    public async Task<ProbeReport?> ProbeAsync(DesiredState desired, CancellationToken cancellation) =>
        await new Prober(Name, api, _snapshots, time).ProbeAsync(desired, cancellation);

    public Task<DateTimeOffset?> EndSessionsAsync(
        Binding binding, string identityId, IReadOnlyList<string> grantIds, Fence fence, CancellationToken cancellation) =>
        new GrantSecrets(api, Capabilities, time).EndAsync(
            ServiceAccountName.Parse(binding.Principal), identityId, grantIds, new Writer(api, fence, cancellation), cancellation);

    public Task<Result<IssuedCredential>> IssueCredentialAsync(CredentialRequest request, Fence fence, CancellationToken cancellation) =>
        new GrantSecrets(api, Capabilities, time).IssueAsync(request, fence, cancellation);

    public Task RemoveAsync(Binding binding, string identityId, NativeObject unwanted, Fence fence, CancellationToken cancellation) =>
        new Remover(api, _snapshots).RemoveAsync(ServiceAccountName.Parse(binding.Principal), identityId, unwanted, fence, cancellation);

    public IAsyncEnumerable<PlatformChange> WatchAsync(CancellationToken cancellation) =>
        new PlatformWatch(api, time, log).ChangesAsync(cancellation);

    public void Dispose() => api.Dispose();
}
