using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms.Aws.Api;
using NhiGrains.Platforms.Aws.Applying;
using NhiGrains.Platforms.Aws.Compiling;
using NhiGrains.Platforms.Aws.Credentials;
using NhiGrains.Platforms.Aws.Objects;
using NhiGrains.Platforms.Aws.Observing;
using NhiGrains.Platforms.Aws.Probing;

namespace NhiGrains.Platforms.Aws;

/// <summary>AWS IAM. A principal is <c>role/name</c> or <c>user/name</c>.</summary>
internal sealed class AwsConnector : IPlatformConnector, IDisposable
{
    private readonly IIamApi _api;
    private readonly Place _place;
    private readonly PrincipalLocks _locks = new();
    private readonly GrantCredentials _credentials;
    private readonly Observer _observer;
    private readonly Applier _applier;
    private readonly Remover _remover;
    private readonly Prober _prober;
    private readonly Ourselves _ourselves;

    public AwsConnector(AwsPlatformOptions options, IIamApi api, TimeProvider time)
    {
        (Name, _api, _place, _ourselves) = (options.Platform, api, Place.Of(options), new(options, api));
        Capabilities = new(
            NativeTimeBound: true,
            // Of what AWS does not end itself: sessions and keys, which the controller ends.
            ControllerLag: TimeSpan.FromSeconds(60),
            Watch: false,
            IssuesCredentials: true,
            MinimumCredentialLifetime: TimeSpan.FromMinutes(15),
            CredentialEndLag: options.PropagationLag);
        var reader = new PrincipalReader(api);
        var ended = new EndedSessions(time, options.PropagationLag);
        _credentials = new(api, new RoleSessions(options, Capabilities, api, ended, new(reader, ended, time), _ourselves, time), new UserKeys(options, Capabilities, api, time));
        _observer = new(Name, api, reader, _ourselves, time);
        _applier = new(api, reader, _ourselves, new(reader, _credentials, options.PropagationLag, time), time);
        _remover = new(api, reader, _ourselves);
        _prober = new(_place, api, reader, time);
    }

    public string Name { get; }

    public Capabilities Capabilities { get; }

    public long? Calls => _api.Calls;

    public Refusal? CheckBinding(Binding binding) => PrincipalName.TryParse(binding.Principal) is null ? Refusals.Principal : null;

    public Translation Compile(CompileRequest request) => Compiler.Compile(request, _place);

    public Task<Observation> ObserveAsync(Binding binding, string identityId, CancellationToken cancellation) =>
        _observer.ObserveAsync(PrincipalName.Parse(binding.Principal), identityId, cancellation);

    public IAsyncEnumerable<ObservedPage> ObservePagesAsync(string? after, CancellationToken cancellation) => _observer.ObservePagesAsync(after, cancellation);

    public Task<ApplyResult> ApplyAsync(DesiredState desired, Translation plan, Fence fence, CancellationToken cancellation) =>
        _locks.AloneAsync(PrincipalName.Parse(desired.Binding.Principal), () => _applier.ApplyAsync(desired, plan, fence, cancellation), cancellation);

    public async Task<ProbeReport?> ProbeAsync(DesiredState desired, CancellationToken cancellation)
    {
        await _ourselves.KnowAsync(cancellation);
        return await _prober.ProbeAsync(desired, cancellation);
    }

    public Task<DateTimeOffset?> EndSessionsAsync(
        Binding binding, string identityId, IReadOnlyList<string> grantIds, Fence fence, CancellationToken cancellation) =>
        EndSessionsAsync(binding, identityId, grantIds, new Dictionary<string, string>(), fence, cancellation);

    public async Task<DateTimeOffset?> EndSessionsAsync(
        Binding binding, string identityId, IReadOnlyList<string> grantIds, IReadOnlyDictionary<string, string> handles, Fence fence, CancellationToken cancellation)
    {
        await _ourselves.KnowAsync(cancellation);
        var name = PrincipalName.Parse(binding.Principal);
        return await _locks.AloneAsync(name, () => _credentials.EndAsync(name, identityId, grantIds, handles, new Writer(_api, fence, cancellation), cancellation), cancellation);
    }

    public async Task<Result<IssuedCredential>> IssueCredentialAsync(CredentialRequest request, Fence fence, CancellationToken cancellation)
    {
        await _ourselves.KnowAsync(cancellation);
        return await _locks.AloneAsync(PrincipalName.Parse(request.Binding.Principal), () => _credentials.IssueAsync(request, fence, cancellation), cancellation);
    }

    public Task RemoveAsync(Binding binding, string identityId, NativeObject unwanted, Fence fence, CancellationToken cancellation) =>
        _locks.AloneAsync(PrincipalName.Parse(binding.Principal), async () =>
        {
            await _remover.RemoveAsync(PrincipalName.Parse(binding.Principal), identityId, unwanted, fence, cancellation);
            return true;
        }, cancellation);

    /// <summary>AWS pushes nothing that reaches this process; events of its trail come in by the webhook.</summary>
    public IAsyncEnumerable<PlatformChange> WatchAsync(CancellationToken cancellation) => AsyncEnumerable.Empty<PlatformChange>();

    public void Dispose()
    {
        _locks.Dispose();
        _api.Dispose();
    }
}
