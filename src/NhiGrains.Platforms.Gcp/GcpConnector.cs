using System.Runtime.CompilerServices;
using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms.Budgets;
using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Applying;
using NhiGrains.Platforms.Gcp.Compiling;
using NhiGrains.Platforms.Gcp.Credentials;
using NhiGrains.Platforms.Gcp.Objects;
using NhiGrains.Platforms.Gcp.Observing;
using NhiGrains.Platforms.Gcp.Policies;
using NhiGrains.Platforms.Gcp.Probing;

namespace NhiGrains.Platforms.Gcp;

/// <summary>Google Cloud IAM in one project. A principal is the e-mail address of a service account.</summary>
internal sealed class GcpConnector : IPlatformConnector, IDisposable
{
    private readonly GcpPlatformOptions _options;
    private readonly GoogleServices _google;
    private readonly CallBudget _budget;
    private readonly Observer _observer;
    private readonly Applier _applier;
    private readonly Remover _remover;
    private readonly Prober _prober;
    private readonly AccessTokens _tokens;

    public GcpConnector(GcpPlatformOptions options, GoogleClient client, TimeProvider time)
    {
        (_options, _google, _budget) = (options, new GoogleServices(client), client.Budget);
        var policies = new PolicyStore(_google);
        var editor = new PolicyEditor(policies);
        var snapshots = new SnapshotReader(_google, policies, new RoleReader(_google, options.ProjectId, time), options);
        var (recent, keys) = (new RecentReads(time), new KeyReader(options, _google));
        _observer = new(options, snapshots, recent, keys, time);
        _applier = new(options, snapshots, recent, editor, new Accounts(options, _google), new RoleKeeper(options, _google));
        _remover = new(options, _google, snapshots, recent, keys, editor);
        _prober = new(options, _google, snapshots, recent, time);
        _tokens = new(options, _google, time);
        Capabilities = new(
            NativeTimeBound: true,
            options.ControllerLag,
            Watch: false,
            IssuesCredentials: true,
            MinimumCredentialLifetime: AccessTokens.Shortest,
            CredentialEndLag: options.TokenLifetime)
        {
            SessionEnding = SessionEnding.ByExpiryOnly,
        };
    }

    public string Name => _options.Platform;

    public Capabilities Capabilities { get; }

    public long? Calls => _budget.View.Calls;

    public Refusal? CheckBinding(Binding binding) =>
        AccountEmail.TryParse(binding.Principal, _options.ProjectId) is { } account && (!binding.CreateIfMissing || account.CanBeCreatedIn(_options.ProjectId))
            ? null
            : Refusals.Principal(_options.ProjectId);

    public Translation Compile(CompileRequest request) => new Compiler(_options).Compile(request);

    public Task<Observation> ObserveAsync(Binding binding, string identityId, CancellationToken cancellation) =>
        _observer.ObserveAsync(Account(binding), identityId, cancellation);

    public IAsyncEnumerable<ObservedPage> ObservePagesAsync(string? after, CancellationToken cancellation) => _observer.ObservePagesAsync(after, cancellation);

    public Task<ApplyResult> ApplyAsync(DesiredState desired, Translation plan, Fence fence, CancellationToken cancellation) =>
        _applier.ApplyAsync(desired, plan, fence, cancellation);

    public async Task<ProbeReport?> ProbeAsync(DesiredState desired, CancellationToken cancellation) => await _prober.ProbeAsync(desired, cancellation);

    public Task<DateTimeOffset?> EndSessionsAsync(
        Binding binding, string identityId, IReadOnlyList<string> grantIds, Fence fence, CancellationToken cancellation) =>
        Task.FromResult<DateTimeOffset?>(grantIds.Count == 0 ? null : _tokens.LatestEnd());

    public Task<Result<IssuedCredential>> IssueCredentialAsync(CredentialRequest request, Fence fence, CancellationToken cancellation) =>
        _tokens.IssueAsync(request, fence, cancellation);

    public Task RemoveAsync(Binding binding, string identityId, NativeObject unwanted, Fence fence, CancellationToken cancellation) =>
        _remover.RemoveAsync(Account(binding), identityId, unwanted, fence, cancellation);

    /// <summary>Google pushes no changes of policies without an organisation's asset feed.</summary>
    public async IAsyncEnumerable<PlatformChange> WatchAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        yield break;
    }

    public void Dispose() => _google.Dispose();

    private AccountEmail Account(Binding binding) => AccountEmail.Parse(binding.Principal, _options.ProjectId);
}
