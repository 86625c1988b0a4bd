using NhiGrains.Contracts.Evidence;
using NhiGrains.Domain;
using NhiGrains.Domain.Evidence;
using NhiGrains.Evidence.Keys;
using NhiGrains.Evidence.Reading;
using NhiGrains.Evidence.Tokens;

namespace NhiGrains.Evidence.Oidc;

internal sealed class OidcVerifier(OidcTrust trust, KeyCache keys, TimeProvider time) : IEvidenceVerifier, IDisposable
{
    public EvidenceTrust Trust => trust;

    public bool SaysToBeOf(PresentedEvidence presented) =>
        presented.Value is { } text && Jwt.Read(text) is { IsOk: true } token && token.Value.Issuer == trust.Issuer;

    public string? DigestOf(PresentedEvidence presented) => Jwt.DigestOf(presented.Value);

    public async Task<Result<VerifiedEvidence>> VerifyAsync(PresentedEvidence presented, CancellationToken cancellation)
    {
        var read = Jwt.Read(presented.Value ?? "");
        var header = read.IsOk ? TokenHeader.Read(read.Value.Header) : read.Refusal!; // Not Ok has a refusal.
        if (header.Refusal is { } unreadable)
            return unreadable;
        var token = read.Value;
        if (token.Issuer != trust.Issuer)
            return EvidenceRefusals.IssuerRefused;
        if (await SignedToken.CheckAsync(token, header.Value, keys, needsKeyId: true, cancellation) is { } unsigned)
            return unsigned;
        return Judge(token);
    }

    public void Dispose() => keys.Dispose();

    private Result<VerifiedEvidence> Judge(Jwt token)
    {
        if (!Audiences.Are(token.Claims, trust.Audiences))
            return EvidenceRefusals.Audience;
        var end = TokenTimes.Check(token.Claims, time.GetUtcNow(), trust.MaxLife, needsIssuedAt: true);
        if (end.Refusal is { } untimely)
            return untimely;
        if (token.Subject is not { Length: > 0 and <= ClaimBook.Longest } subject)
            return EvidenceRefusals.Subject;
        var book = new ClaimBook(trust.Claims);
        book.AddAll(token.Claims);
        var claims = book.Close();
        return claims.Refusal is { } refusal ? refusal : new VerifiedEvidence(trust.Kind, trust.Name, subject, claims.Value, end.Value, token.Digest);
    }
}
