"""What ``import redlane`` offers, for type checkers and editors."""

from redlane.library.bundles import features_of as features_of
from redlane.library.bundles import open_bundle as open_bundle
from redlane.library.bundles import score_file_with as score_file_with
from redlane.library.bundles import write_bundle as write_bundle
from redlane.library.choosing import choose as choose
from redlane.library.data import Declarations as Declarations
from redlane.library.data import read as read
from redlane.library.data import split as split
from redlane.library.data import synthesize as synthesize
from redlane.library.explaining import CaseFile as CaseFile
from redlane.library.explaining import case_file as case_file
from redlane.library.explaining import contributions as contributions
from redlane.library.explaining import explain as explain
from redlane.library.judging import Judgement as Judgement
from redlane.library.judging import compare as compare
from redlane.library.judging import evaluate as evaluate
from redlane.library.learning import Learned as Learned
from redlane.library.learning import build_profiles as build_profiles
from redlane.library.learning import compute_features as compute_features
from redlane.library.learning import features_for as features_for
from redlane.library.learning import fit as fit
from redlane.library.learning import open_profiles as open_profiles
from redlane.library.learning import score as score

__version__: str
