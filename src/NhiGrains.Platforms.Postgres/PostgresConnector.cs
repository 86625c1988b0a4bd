using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms.Postgres.Applying;
using NhiGrains.Platforms.Postgres.Compiling;
using NhiGrains.Platforms.Postgres.Credentials;
using NhiGrains.Platforms.Postgres.Objects;
using NhiGrains.Platforms.Postgres.Observing;
using NhiGrains.Platforms.Postgres.Probing;
using NhiGrains.Platforms.Postgres.Server;

namespace NhiGrains.Platforms.Postgres;

/// <summary>PostgreSQL's roles and privileges. A principal is a role's name.</summary>
internal sealed class PostgresConnector(
    PostgresPlatformOptions options, PostgresApi api, TimeProvider time, ILogger<PostgresConnector> log) : IPlatformConnector, IDisposable
{
    private readonly SnapshotReader _snapshots = new(api, options.Platform);
    private readonly Leftovers _leftovers = new(time);

    public string Name => options.Platform;

    public Capabilities Capabilities { get; } = new(
        NativeTimeBound: false,
        options.ControllerLag,
        Watch: false,
        IssuesCredentials: true,
        MinimumCredentialLifetime: TimeSpan.FromSeconds(1),
        options.CredentialEndLag);

    public long? Calls => api.Calls;

    public Refusal? CheckBinding(Binding binding) => Identifier.IsPrincipal(binding.Principal) ? null : Refusals.Principal;

    public Translation Compile(CompileRequest request) => Compiler.Compile(request, Name, options.Databases, Capabilities);

    public Task<Observation> ObserveAsync(Binding binding, string identityId, CancellationToken cancellation) =>
        new Observer(Name, _snapshots, time).ObserveAsync(binding.Principal, identityId, cancellation);

    public IAsyncEnumerable<ObservedPage> ObservePagesAsync(string? after, CancellationToken cancellation) =>
        new Observer(Name, _snapshots, time).ObservePagesAsync(after, cancellation);

    public Task<ApplyResult> ApplyAsync(DesiredState desired, Translation plan, Fence fence, CancellationToken cancellation) =>
        new Applier(Name, api, _snapshots, _leftovers).ApplyAsync(desired, plan, fence, cancellation);

    public async Task<ProbeReport?> ProbeAsync(DesiredState desired, CancellationToken cancellation) =>
        await new Prober(Name, options.Databases, api).ProbeAsync(desired, cancellation);

    public Task<DateTimeOffset?> EndSessionsAsync(
        Binding binding, string identityId, IReadOnlyList<string> grantIds, Fence fence, CancellationToken cancellation) =>
        new Logins(options, api, time, log).EndAsync(identityId, grantIds, new Writer(api, fence, cancellation), cancellation);

    public Task<Result<IssuedCredential>> IssueCredentialAsync(CredentialRequest request, Fence fence, CancellationToken cancellation) =>
        new Logins(options, api, time, log).IssueAsync(request, fence, cancellation);

    public Task RemoveAsync(Binding binding, string identityId, NativeObject unwanted, Fence fence, CancellationToken cancellation) =>
        new Remover(Name, _snapshots).RemoveAsync(binding.Principal, identityId, unwanted, new Writer(api, fence, cancellation), cancellation);

    /// <summary>Ends at once: PostgreSQL pushes no changes of roles and privileges to who is no superuser.</summary>
    public async IAsyncEnumerable<PlatformChange> WatchAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        yield break;
    }

    public void Dispose() => api.Dispose();
}
