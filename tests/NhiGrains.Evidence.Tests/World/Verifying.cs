using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NhiGrains.Contracts.Evidence;
using NhiGrains.Domain;
using NhiGrains.Domain.Evidence;

namespace NhiGrains.Evidence.Tests.World;

/// <summary>The verification as the server has it, over trusts of a test's choosing.</summary>
internal sealed class Verifying : IDisposable
{
    private readonly ServiceProvider _services;

    public Verifying(TestTime time, params EvidenceTrust[] trusts) =>
        _services = new ServiceCollection().AddLogging(logging => logging.AddProvider(Log).SetMinimumLevel(LogLevel.Trace)).AddSingleton<TimeProvider>(time).AddNhiEvidence(trusts).BuildServiceProvider();

    public RecordedLog Log { get; } = new();

    public Task<Result<IReadOnlyList<VerifiedEvidence>>> AllAsync(params PresentedEvidence[] presented) =>
        _services.GetRequiredService<IEvidenceVerification>().VerifyAsync(presented, TestContext.Current.CancellationToken);

    public IReadOnlyList<EvidenceMark>? Recognize(params PresentedEvidence[] presented) => _services.GetRequiredService<IEvidenceVerification>().Recognize(presented);

    public async Task<Result<VerifiedEvidence>> OneAsync(PresentedEvidence presented)
    {
        var all = await AllAsync(presented);
        if (all.Refusal is { } refusal && presented.Value is { Length: > 20 } secret)
            Assert.DoesNotContain(secret[^20..], $"{refusal} {Log}", StringComparison.Ordinal);
        return all.Refusal is { } no ? no : all.Value.Single();
    }

    public Task<Result<VerifiedEvidence>> OneAsync(EvidenceKind kind, string? value, string? trust = null) => OneAsync(new(kind, trust, value));

    /// <summary>The code of the refusal; <c>OK</c> when there is none.</summary>
    public async Task<string> CodeAsync(EvidenceKind kind, string? value, string? trust = null) => (await OneAsync(kind, value, trust)).Refusal?.Code ?? "OK";

    public void Dispose() => _services.Dispose();
}
